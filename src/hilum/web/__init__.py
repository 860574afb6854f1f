"""The workbench: hilum in a browser, on this machine.

Forms and pages over the same functions that the commands use; nothing that hilum knows is in here.
"""
