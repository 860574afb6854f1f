# Draws one figure; the folder holds look.json, patients.csv and lines.csv.
folder <- commandArgs(TRUE)[1]
look <- jsonlite::fromJSON(file.path(folder, "look.json"))
d <- read.csv(file.path(folder, "patients.csv"))
d$arm <- factor(d$arm, levels = look$names)
p <- read.csv(file.path(folder, "lines.csv"))
p$arm <- factor(p$arm, levels = look$names)
kinds <- c(solid = 1, dashed = 2, dotted = 3)
opened <- function(high = look$size[2]) {
  if (grepl("pdf$", look$out)) pdf(look$out, look$size[1], high)
  else png(look$out, look$size[1], high, units = "in", res = look$dpi, type = "cairo")
}
marks <- data.frame(x = look$corners[c(1, 3)], y = look$corners[c(2, 4)])
symbol <- c("|" = 124, "+" = 3, "x" = 4)[look$marks]

if (look$which == "base") {
  library(survival)
  f <- survfit(Surv(time, status) ~ arm, d)
  opened()
  first <- if (look$log_time) look$horizon / 100 else 0
  ax <- if (look$tight) "i" else "r"
  plot(f, col = look$colours, lty = kinds[look$dashes], lwd = look$line, xaxs = ax, yaxs = ax,
       yscale = 1, conf.int = look$limits && length(look$names) == 1,
       mark.time = nchar(look$marks) > 0, pch = if (is.na(symbol)) 3 else symbol, cex = 0.8,
       xlab = paste0("Time (", look$unit, ")"), ylab = "Survival", yaxt = "n",
       fun = if (look$incidence) "event" else "S", log = if (look$log_time) "x" else "",
       xlim = c(first, look$horizon), ylim = c(look$low, 1), bty = if (look$frame) "o" else "l")
  at <- pretty(c(look$low, 1))
  axis(2, at, at * look$full, las = 1)
  if (nchar(look$legend)) legend(if (look$incidence) "topleft" else "topright", look$names,
                                 col = look$colours, lty = kinds[look$dashes], bty = "n")
  if (look$marked) points(marks$x, marks$y / look$full, pch = 15, col = look$mark, xpd = NA)
} else if (look$which == "survminer") {
  suppressMessages({library(survival); library(survminer)})
  f <- survfit(Surv(time, status) ~ arm, d)
  g <- ggsurvplot(f, data = d, conf.int = look$band, palette = look$colours, size = look$line / 2,
                  linetype = unname(kinds[look$dashes]), censor = nchar(look$marks) > 0,
                  censor.shape = if (is.na(symbol)) 3 else unname(symbol), xlim = c(0, look$horizon),
                  fun = if (look$full > 1) "pct" else NULL, pval = TRUE,
                  break.time.by = look$horizon / 4, risk.table = look$risk != "",
                  legend = if (look$legend == "" || (look$marked && look$legend == "inside"))
                    "none" else if (look$legend == "inside") c(0.85, 0.9) else "top")
  if (look$marked) g$plot <- g$plot + ggplot2::annotate(
    "point", x = marks$x, y = marks$y, shape = 15, size = 2.5, colour = look$mark)
  opened()
  print(g, newpage = FALSE)
} else if (look$which == "prodlim") {
  suppressMessages(library(prodlim))
  f <- prodlim(Hist(time, status) ~ arm, d)
  opened()
  plot(f, type = if (look$incidence) "risk" else "surv", col = look$colours, lwd = look$line,
       lty = kinds[look$dashes],
       xlim = c(0, look$horizon), axis1.at = seq(0, look$horizon, length.out = 5),
       percent = look$full > 1, confint = look$band, marktime = nchar(look$marks) > 0,
       atrisk = look$risk != "", legend = nchar(look$legend) > 0, legend.x = "topright",
       background.horizontal = NULL, background = look$grid)
  if (look$marked) points(marks$x, marks$y / look$full, pch = 15, col = look$mark, xpd = NA)
} else if (look$which == "rms") {
  suppressMessages(library(rms))
  f <- npsurv(Surv(time, status) ~ arm, d)
  opened()
  survplot(f, col = look$colours, lwd = look$line, lty = kinds[look$dashes],
           conf = if (look$band) "bands" else "none",
           col.fill = grDevices::adjustcolor(look$colours, 0.25, offset = c(0, 0, 0, 0)),
           xlim = c(0, look$horizon), time.inc = look$horizon / 4, n.risk = look$risk != "",
           xlab = paste0("Time (", look$unit, ")"),
           label.curves = if (nchar(look$legend)) list(keys = "lines") else FALSE)
  if (look$marked) points(marks$x, marks$y / look$full, pch = 15, col = look$mark, xpd = NA)
} else {
  library(ggplot2)
  line <- p[p$kind == "line", ]
  g <- ggplot(line, aes(x, y, colour = arm)) +
    geom_step(aes(linetype = arm), linewidth = look$line / 2) +
    scale_colour_manual(values = look$colours) + scale_fill_manual(values = look$colours) +
    scale_linetype_manual(values = unname(kinds[look$dashes])) +
    labs(x = paste0("Time (", look$unit, ")"), y = "Survival") +
    coord_cartesian(xlim = c(0, look$horizon), ylim = c(0, look$full))
  if (look$band) {
    r <- do.call(rbind, lapply(split(line, line$arm), function(q) {
      n <- nrow(q)
      data.frame(arm = q$arm[1], x = c(rep(q$x, each = 2)[-1]), low = rep(q$low, each = 2)[-2 * n],
                 high = rep(q$high, each = 2)[-2 * n])
    }))
    g <- g + geom_ribbon(data = r, aes(x, ymin = low, ymax = high, fill = arm), alpha = 0.25,
                         colour = NA, inherit.aes = FALSE)
  }
  if (look$limits) g <- g + geom_step(aes(y = low), linetype = 2, linewidth = look$line / 3) +
    geom_step(aes(y = high), linetype = 2, linewidth = look$line / 3)
  if (nchar(look$marks)) g <- g + geom_point(data = p[p$kind == "tick", ], shape = unname(symbol),
                                              size = 2)
  g <- g + list(theme_grey, theme_bw, theme_classic, theme_minimal)[[1 + nrow(d) %% 4]]()
  g <- g + theme(legend.position = if (look$legend == "inside" && !look$incidence) c(0.85, 0.85)
                 else if (look$legend == "") "none" else "top")
  if (look$marked) g <- g + annotate("point", x = marks$x, y = marks$y, shape = 15, size = 2.5,
                                     colour = look$mark)
  opened()
  print(g)
}
invisible(dev.off())
