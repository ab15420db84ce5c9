# Reference values for designs, calibrations and quantiles beyond expected.json.
# Run in this folder: Rscript more.R   (R 4.2.2, survey 4.1-1, jsonlite)
suppressMessages({library(survey); library(jsonlite)})
data(api)
columns <- c("stype","snum","dnum","api00","api99","sch.wide","meals","ell","enroll","api.stu","pw","fpc1","fpc2")
write.csv(apiclus2[, columns], "apiclus2.csv", row.names = FALSE)
clus1 <- read.csv("apiclus1.csv"); clus2 <- read.csv("apiclus2.csv")
strat <- read.csv("apistrat.csv"); hh <- read.csv("hh.csv"); lonely <- read.csv("hh_lonely.csv")
cases <- list()
add <- function(id, data, args, name, estimate, se, df, low = NULL, high = NULL, n = NULL)
  cases[[length(cases) + 1]] <<- list(id = id, data = data, args = args, name = name,
    estimate = estimate, se = se, df = df, ci_low = low, ci_high = high, n = n)
# A statistic with its t interval.
t_case <- function(id, data, args, stat, df, names = NULL) {
  e <- coef(stat); s <- as.vector(SE(stat)); r <- qt(.975, df)
  for (i in seq_along(e)) add(id, data, args, if (is.null(names)) names(e)[i] else names[i],
    unname(e[i]), s[i], df, unname(e[i]) - r * s[i], unname(e[i]) + r * s[i])
}
two <- svydesign(ids = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = clus2)
two_args <- c("--weights","pw","--cluster","dnum,snum","--fpc","fpc1,fpc2")
t_case("two.mean", "apiclus2.csv", c(two_args, "--mean","api00"), svymean(~api00, two), degf(two))
t_case("two.total", "apiclus2.csv", c(two_args, "--total","enroll"), svytotal(~enroll, two, na.rm = TRUE), degf(two))
t_case("two.ratio", "apiclus2.csv", c(two_args, "--ratio","api.stu/enroll"), svyratio(~api.stu, ~enroll, two, na.rm = TRUE), degf(two))
for (s in c("E","H","M")) { sub <- subset(two, stype == s)
  t_case("two.by", "apiclus2.csv", c(two_args, "--mean","api00","--by","stype"), svymean(~api00, sub), degf(sub), names = s) }
wr <- svydesign(ids = ~dnum + snum, weights = ~pw, data = clus2)
t_case("replacement.mean", "apiclus2.csv", c("--weights","pw","--cluster","dnum,snum","--mean","api00"), svymean(~api00, wr), degf(wr))
srswr <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, data = strat)
t_case("stratified.replacement", "apistrat.csv", c("--weights","pw","--strata","stype","--mean","api00"), svymean(~api00, srswr), degf(srswr))
# Shares that were drawn in place of populations.
strat$share <- ave(strat$pw, strat$stype, FUN = length) / strat$fpc
write.csv(strat[, c("stype","api00","enroll","pw","share")], "apistrat_share.csv", row.names = FALSE)
share <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~share, data = strat)
t_case("share.total", "apistrat_share.csv", c("--weights","pw","--strata","stype","--fpc","share","--total","enroll"), svytotal(~enroll, share), degf(share))
# Villages as clusters within communes as strata: 1 of 2 stages with its population.
villages <- unique(hh[, c("commune","village")]); set.seed(1)
hh$villages <- ave(hh$village, hh$commune, FUN = function(v) length(unique(v))) + 3
hh2 <- hh[, c("hh_id","commune","village","N_village","villages","w","members","income","insured","solid_house")]
hh2$w2 <- hh2$w * hh2$villages / (hh2$villages - 3)
write.csv(hh2, "hh_clusters.csv", row.names = FALSE)
hc <- svydesign(ids = ~village + hh_id, strata = ~commune, weights = ~w2, fpc = ~villages + N_village, data = hh2)
hc_args <- c("--weights","w2","--strata","commune","--cluster","village,hh_id","--fpc","villages,N_village")
t_case("strata.two.ratio", "hh_clusters.csv", c(hc_args, "--ratio","insured/members"), svyratio(~insured, ~members, hc), degf(hc))
t_case("strata.two.mean", "hh_clusters.csv", c(hc_args, "--mean","income"), svymean(~income, hc), degf(hc))
for (k in c(2, 7)) { sub <- subset(hc, commune == k)
  t_case("strata.two.by", "hh_clusters.csv", c(hc_args, "--ratio","insured/members","--by","commune"), svyratio(~insured, ~members, sub), degf(sub), names = as.character(k)) }
# Strata with one unit.
l_args <- c("--weights","w","--strata","village","--fpc","N_village","--mean","solid_house")
for (rule in c("average","certainty","remove","adjust")) {
  options(survey.lonely.psu = rule)
  d <- svydesign(ids = ~1, strata = ~village, weights = ~w, fpc = ~N_village, data = lonely)
  t_case(paste0("lonely.", rule), "hh_lonely.csv", c(l_args, "--lonely", rule), svymean(~solid_house, d), degf(d))
}
options(survey.lonely.psu = "fail")
# Calibration.
one <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = clus1)
c_args <- c("--weights","pw","--cluster","dnum","--fpc","fpc")
write.csv(data.frame(level = c("E","H","M"), total = c(4421, 755, 1018)), "totals_stype.csv", row.names = FALSE)
write.csv(data.frame(level = c("No","Yes"), total = c(1072, 5122)), "totals_wide.csv", row.names = FALSE)
write.csv(data.frame(name = c("intercept","stypeH","stypeM","api99"), total = c(6194, 755, 1018, 3914069)), "totals_greg.csv", row.names = FALSE)
raked <- calibrate(one, ~stype + sch.wide, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122), calfun = "raking", epsilon = 1e-12)
r_args <- c(c_args, "--rake", "stype=totals_stype.csv,sch.wide=totals_wide.csv")
t_case("rake.mean", "apiclus1.csv", c(r_args, "--mean","api00"), svymean(~api00, raked), degf(raked))
t_case("rake.total", "apiclus1.csv", c(r_args, "--total","enroll"), svytotal(~enroll, raked), degf(raked))
greg <- calibrate(one, ~stype + api99, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, api99 = 3914069))
g_args <- c(c_args, "--greg", "1 + stype + api99=totals_greg.csv")
t_case("greg.ratio", "apiclus1.csv", c(g_args, "--ratio","api.stu/enroll"), svyratio(~api.stu, ~enroll, greg), degf(greg))
for (s in c("E","H","M")) { sub <- subset(greg, stype == s)
  t_case("greg.by", "apiclus1.csv", c(g_args, "--mean","api00","--by","stype"), svymean(~api00, sub), degf(sub), names = s) }
post <- postStratify(one, ~stype, data.frame(stype = c("E","H","M"), Freq = c(4421, 755, 1018)))
p_args <- c(c_args, "--poststratify", "stype=totals_stype.csv")
t_case("post.total", "apiclus1.csv", c(p_args, "--total","enroll"), svytotal(~enroll, post), degf(post))
t_case("post.mean", "apiclus1.csv", c(p_args, "--mean","api00"), svymean(~api00, post), degf(post))
# Quantiles: Woodruff's interval, the inverse of the weighted distribution.
quantile_case <- function(id, data, args, v, design, p) {
  q <- svyquantile(as.formula(paste0("~", v)), design, p, df = degf(design), na.rm = TRUE)
  x <- q[[1]]; add(id, data, c(args, "--quantile", paste0(v, ":", p)), v, unname(x[1, 1]), unname(x[1, 4]), degf(design), unname(x[1, 2]), unname(x[1, 3])) }
st <- svydesign(ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat)
s_args <- c("--weights","pw","--strata","stype","--fpc","fpc")
for (p in c(.1, .25, .5, .75, .9)) {
  quantile_case("strat.quantile", "apistrat.csv", s_args, "api00", st, p)
  quantile_case("clus1.quantile", "apiclus1.csv", c_args, "enroll", one, p) }
h <- svydesign(ids = ~1, strata = ~village, weights = ~w, fpc = ~N_village, data = hh)
quantile_case("hh.quantile", "hh.csv", c("--weights","w","--strata","village","--fpc","N_village"), "income", h, .5)
# Proportions.
prop_case <- function(id, data, args, formula, design, method, ci) {
  x <- svyciprop(formula, design, method = method, df = degf(design)); b <- attr(x, "ci")
  add(id, data, c(args, "--ci", ci), NULL, as.vector(x), sqrt(attr(x, "var"))[1], degf(design), unname(b[1]), unname(b[2]), nrow(design$variables)) }
for (m in list(c("beta","kg"), c("xlogit","logit"), c("mean","wald"))) {
  prop_case(paste0("two.proportion.", m[2]), "apiclus2.csv", c(two_args, "--proportion","sch.wide==Yes"), ~I(sch.wide == "Yes"), two, m[1], m[2])
  prop_case(paste0("strat.proportion.", m[2]), "apistrat.csv", c(s_args, "--proportion","sch.wide==Yes"), ~I(sch.wide == "Yes"), st, m[1], m[2])
  prop_case(paste0("greg.proportion.", m[2]), "apiclus1.csv", c(g_args, "--proportion","sch.wide==Yes"), ~I(sch.wide == "Yes"), greg, m[1], m[2]) }
# Contrasts of domains: svyby keeps the covariances of the domains (covmat), svycontrast takes the
# difference. It leaves the degrees of freedom open; ours are those of the rows of both domains.
contrast_case <- function(id, data, args, by, design, domain, a, b) {
  k <- svycontrast(by, setNames(list(setNames(c(1, -1), c(a, b))), paste(a, "-", b)))
  v <- design$variables[[domain]]; sub <- design[v %in% c(a, b), ]
  t_case(id, data, c(args, "--by", domain, "--contrast", paste0(a, ",", b)), k, degf(sub))
}
by_mean <- function(v, by, d) svyby(v, by, d, svymean, covmat = TRUE)
for (pair in list(c("E","M"), c("M","H"))) {
  contrast_case("two.contrast", "apiclus2.csv", c(two_args, "--mean","api00"), by_mean(~api00, ~stype, two), two, "stype", pair[1], pair[2])
  contrast_case("two.contrast.total", "apiclus2.csv", c(two_args, "--total","api00"), svyby(~api00, ~stype, two, svytotal, covmat = TRUE), two, "stype", pair[1], pair[2])
  contrast_case("two.contrast.ratio", "apiclus2.csv", c(two_args, "--ratio","api.stu/enroll"),
    svyby(~api.stu, ~stype, subset(two, !is.na(enroll)), denominator = ~enroll, svyratio, covmat = TRUE), two, "stype", pair[1], pair[2])
  contrast_case("one.contrast", "apiclus1.csv", c(c_args, "--mean","api00"), by_mean(~api00, ~stype, one), one, "stype", pair[1], pair[2])
  contrast_case("replacement.contrast", "apiclus2.csv", c("--weights","pw","--cluster","dnum,snum","--mean","api00"), by_mean(~api00, ~stype, wr), wr, "stype", pair[1], pair[2]) }
# After calibration svyby has no covariances: the same from totals of the domains, by the delta method.
for (pair in list(c("E","M"), c("M","H"))) {
  a <- pair[1]; b <- pair[2]; label <- paste(a, "-", b); two_domains <- c("--by","stype","--contrast", paste0(a, ",", b))
  g <- update(greg, ya = api00 * (stype == a), na = 1 * (stype == a), yb = api00 * (stype == b), nb = 1 * (stype == b))
  k <- svycontrast(svytotal(~ya + na + yb + nb, g), quote(ya / na - yb / nb))
  t_case("greg.contrast", "apiclus1.csv", c(g_args, "--mean","api00", two_domains), k, degf(subset(greg, stype %in% pair)), names = label)
  r <- update(raked, ya = enroll * (stype == a), yb = enroll * (stype == b))
  k <- svycontrast(svytotal(~ya + yb, r), c(ya = 1, yb = -1))
  t_case("rake.contrast.total", "apiclus1.csv", c(r_args, "--total","enroll", two_domains), k, degf(subset(raked, stype %in% pair)), names = label) }
# Domains that cut across strata, and domains that are strata (their covariance is zero).
contrast_case("strat.contrast", "apistrat.csv", c(s_args, "--mean","api00"), by_mean(~api00, ~sch.wide, st), st, "sch.wide", "Yes", "No")
contrast_case("strata.contrast", "apistrat.csv", c(s_args, "--mean","api00"), by_mean(~api00, ~stype, st), st, "stype", "E", "H")
hc$variables$commune <- as.character(hc$variables$commune)
contrast_case("strata.two.contrast", "hh_clusters.csv", c(hc_args, "--ratio","insured/members"),
  svyby(~insured, ~commune, hc, denominator = ~members, svyratio, covmat = TRUE), hc, "commune", "2", "7")
write(toJSON(list(generator = paste("R", getRversion(), "survey", packageVersion("survey")), cases = cases),
  auto_unbox = TRUE, digits = 16, null = "null", pretty = TRUE), "more.json")
cat(length(cases), "cases\n")
