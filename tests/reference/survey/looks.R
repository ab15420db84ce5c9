# O'Brien-Fleming bounds of one side at K looks after equal parts of a sample:
# Rscript looks.R > looks.json   (R 4.2.2, mvtnorm, jsonlite)
# Made by P(Z_1 < c sqrt(K), ..., Z_K < c) = 1 - tail with corr(Z_i, Z_j) = sqrt(i/j).
library(mvtnorm)
bounds <- function(tail, K) {
  corr <- outer(1:K, 1:K, function(i, j) sqrt(pmin(i, j) / pmax(i, j)))
  inside <- function(c) pmvnorm(upper = c * sqrt(K / 1:K), corr = corr,
    algorithm = if (K <= 3) TVPACK(abseps = 1e-12) else Miwa(steps = 2048))[1]
  inside2 <- function(c) if (K == 2) pmvnorm(upper = c * sqrt(K / 1:K), corr = corr, algorithm = Miwa(steps = 4096))[1] else inside(c)
  c <- uniroot(function(c) inside2(c) - (1 - tail), c(1, 4), tol = 1e-10)$root
  c * sqrt(K / 1:K)
}
cases <- list()
for (tail in c(0.05, 0.025, 0.1)) for (K in 2:5)
  cases[[length(cases) + 1]] <- list(tail, K, bounds(tail, K))
cat(jsonlite::toJSON(cases, digits = 9, auto_unbox = TRUE), "\n")
