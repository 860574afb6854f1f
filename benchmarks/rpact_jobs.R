# rpact's half of benchmarks.simulation: seconds, power, events and months of one two-stage design.
arguments <- commandArgs(trailingOnly = TRUE)
trials <- as.integer(arguments[1]); first <- as.numeric(arguments[2]); second <- as.numeric(arguments[3])
suppressMessages(library(rpact))
design <- getDesignGroupSequential(kMax = 2, alpha = 0.025, beta = 0.1, sided = 1, typeOfDesign = "OF")
stopifnot(abs(design$criticalValues - c(first, second)) < 1e-3)
run <- function(seed) getSimulationSurvival(design, directionUpper = FALSE, hazardRatio = 0.7,
  median2 = 16, accrualTime = c(0, 24), maxNumberOfSubjects = 300, plannedEvents = c(120, 240),
  maxNumberOfIterations = trials, seed = seed)
found <- run(1)
seconds <- sapply(2:6, function(seed) system.time(run(seed))[["elapsed"]])
cat(min(seconds), found$overallReject, found$expectedNumberOfEvents, found$studyDuration, "\n")
