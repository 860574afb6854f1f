"""Survival figures drawn by other programs from known patients, one file a program.

``python -m benchmarks.figures FOLDER --figures 30 --seed 1`` draws figures with random looks. Each
gets a folder with ``figure.png`` (or .jpg, .tiff), a vector file where its program writes one,
``truth.csv`` (arm, time, status) and ``figure.json``: the look, and the pixels of two points of
each axis. Nothing of hilum is imported, so that any interpreter that has the libraries can draw;
what is missing is named and left out.
"""
