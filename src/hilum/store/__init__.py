"""What is kept between two uses: cases with every earlier state, boards, who looked and changed.

SQLAlchemy over SQLite on one machine, or any database by its address; the schema is made and
brought up to date by the migrations beside this file, never by the program as it runs.
"""
