# The networks of network.py in netmeta: name and milliseconds, a tab between. The larger network
# takes minutes there and is left out.
suppressMessages(library(netmeta))
folder <- dirname(commandArgs(TRUE)[1])
for (file in list.files(folder, pattern = "csv$")) {
  d <- read.csv(file.path(folder, file))
  if (nrow(d) > 100) next
  for (method in c("DL", "REML")) {
    job <- function() netmeta(TE, seTE, treat1, treat2, studlab, data = d, method.tau = method)
    job()
    times <- replicate(5, { t <- Sys.time(); job(); as.numeric(Sys.time() - t, units = "secs") })
    cat(sub("[.]csv$", "", file), ", ", method, "\t", 1000 * median(times), "\n", sep = "")
  }
}
