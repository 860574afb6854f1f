class Case: pass
