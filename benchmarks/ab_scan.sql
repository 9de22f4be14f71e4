-- What an analyst would write by hand for three metrics of a test by arm and segment: a mean with a covariate
-- (spend, CUPED), a conversion (a share, whose variance follows) and a ratio (minutes / orders).
SELECT
  arm,
  region,
  COUNT(*) AS units,
  AVG(spend_cny) AS spend_mean,
  VAR_POP(spend_cny) AS spend_variance,
  AVG(earlier_cny) AS earlier_mean,
  VAR_POP(earlier_cny) AS earlier_variance,
  COVAR_POP(spend_cny, earlier_cny) AS covariance,
  AVG(is_sold::INT) AS share,
  AVG(minutes) AS minutes_mean,
  VAR_POP(minutes) AS minutes_variance,
  AVG(orders) AS orders_mean,
  VAR_POP(orders) AS orders_variance,
  COVAR_POP(minutes, orders) AS ratio_covariance
FROM units
GROUP BY arm, region
