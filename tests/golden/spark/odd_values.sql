SELECT
  `t0`.`place`,
  CAST(-3 + CASE
    WHEN (
      `t0`.`city` IS NULL
    ) OR (
      `t0`.`city` = 'nan'
    )
    THEN 8
    WHEN `t0`.`city` IN ('上海')
    THEN 1
    WHEN `t0`.`city` IN ('O\'Fallon')
    THEN 2
    ELSE 4
  END + CASE
    WHEN (
      `t0`.`flag` IS NULL
    ) OR (
      CAST(`t0`.`flag` AS STRING) = 'nan'
    )
    THEN 64
    WHEN CAST(`t0`.`flag` AS STRING) IN ('true')
    THEN 16
    ELSE 32
  END + CASE
    WHEN (
      `t0`.`whole` IS NULL
    ) OR (
      CAST(`t0`.`whole` AS STRING) = 'nan'
    )
    THEN 1024
    WHEN CAST(`t0`.`whole` AS STRING) IN ('0', '0.0', '-0.0')
    THEN 128
    WHEN CAST(`t0`.`whole` AS STRING) IN ('-7', '-7.0')
    THEN 256
    ELSE 512
  END + CASE
    WHEN `t0`.`decimal` IS NULL OR ISNAN(`t0`.`decimal`) OR ISNAN(`t0`.`decimal`)
    THEN -5
    WHEN `t0`.`decimal` = 0.0
    THEN 1
    WHEN `t0`.`decimal` = 2.5
    THEN 10
    WHEN `t0`.`decimal` = 1e+16
    THEN 20
    WHEN `t0`.`decimal` = CAST('Inf' AS DOUBLE)
    THEN 30
    WHEN `t0`.`decimal` = 0.30000000000000004
    THEN 40
    WHEN `t0`.`decimal` = 1e-07
    THEN 50
    ELSE 0
  END + CASE
    WHEN ABS(`t0`.`decimal`) <= 1.7976931348623157e+308
    THEN CASE
      WHEN `t0`.`decimal` < 0.0
      THEN 1000
      WHEN `t0`.`decimal` <= 0.30000000000000004
      THEN 2000
      WHEN `t0`.`decimal` < 1e+16
      THEN 3000
      ELSE 4000
    END
    ELSE 5000
  END AS INT) AS `points`
FROM `odd_values` AS `t0`
