WITH `t2` AS (
  SELECT
    `t1`.`account_id`,
    DATEDIFF(DAY, MAX(`t1`.`traded_on`), MAKE_DATE(2025, 7, 1)) AS `recency_days`,
    COUNT(*) AS `frequency`,
    CAST(COALESCE(
      SUM(
        CAST(ROUND(IF(ISNAN(`t1`.`amount_cny`), 0.0, `t1`.`amount_cny`) * 100, 0) AS BIGINT)
      ),
      0
    ) AS BIGINT) / 100 AS `value_cny`
  FROM (
    SELECT
      *
    FROM `transactions` AS `t0`
    WHERE
      `t0`.`traded_on` >= MAKE_DATE(2024, 7, 2)
      AND `t0`.`traded_on` < MAKE_DATE(2025, 7, 2)
      AND `t0`.`account_id` IS NOT NULL
  ) AS `t1`
  GROUP BY
    1
)
SELECT
  `t8`.`account_id`,
  `t8`.`recency_days`,
  `t8`.`frequency`,
  `t8`.`value_cny`,
  `t8`.`recency_days_points` AS `recency_points`,
  `t8`.`frequency_points`,
  `t8`.`value_cny_points` AS `value_points`,
  `t8`.`recency_days_points` + `t8`.`frequency_points` + `t8`.`value_cny_points` AS `rfm_points`
FROM (
  SELECT
    `t4`.`account_id`,
    `t4`.`recency_days`,
    `t4`.`frequency`,
    `t4`.`value_cny`,
    5 - (
      CAST(`t4`.`recency_days` > `t7`.`recency_days above cut 1` AS BIGINT) + CAST(`t4`.`recency_days` > `t7`.`recency_days above cut 2` AS BIGINT) + CAST(`t4`.`recency_days` > `t7`.`recency_days above cut 3` AS BIGINT) + CAST(`t4`.`recency_days` > `t7`.`recency_days above cut 4` AS BIGINT)
    ) AS `recency_days_points`,
    CAST(`t4`.`frequency` > `t7`.`frequency above cut 1` AS BIGINT) + CAST(`t4`.`frequency` > `t7`.`frequency above cut 2` AS BIGINT) + CAST(`t4`.`frequency` > `t7`.`frequency above cut 3` AS BIGINT) + CAST(`t4`.`frequency` > `t7`.`frequency above cut 4` AS BIGINT) + 1 AS `frequency_points`,
    CAST(IF(ISNAN(`t4`.`value_cny`), NULL, `t4`.`value_cny`) > `t7`.`value_cny above cut 1` AS BIGINT) + CAST(IF(ISNAN(`t4`.`value_cny`), NULL, `t4`.`value_cny`) > `t7`.`value_cny above cut 2` AS BIGINT) + CAST(IF(ISNAN(`t4`.`value_cny`), NULL, `t4`.`value_cny`) > `t7`.`value_cny above cut 3` AS BIGINT) + CAST(IF(ISNAN(`t4`.`value_cny`), NULL, `t4`.`value_cny`) > `t7`.`value_cny above cut 4` AS BIGINT) + 1 AS `value_cny_points`
  FROM `t2` AS `t4`
  CROSS JOIN (
    SELECT
      ELEMENT_AT(`t5`.`recency_days_cuts`, 0 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`recency_days_cuts`, 0 + 1)) + 1
        ) * 1e-12
      ) AS `recency_days above cut 1`,
      ELEMENT_AT(`t5`.`recency_days_cuts`, 1 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`recency_days_cuts`, 1 + 1)) + 1
        ) * 1e-12
      ) AS `recency_days above cut 2`,
      ELEMENT_AT(`t5`.`recency_days_cuts`, 2 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`recency_days_cuts`, 2 + 1)) + 1
        ) * 1e-12
      ) AS `recency_days above cut 3`,
      ELEMENT_AT(`t5`.`recency_days_cuts`, 3 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`recency_days_cuts`, 3 + 1)) + 1
        ) * 1e-12
      ) AS `recency_days above cut 4`,
      ELEMENT_AT(`t5`.`frequency_cuts`, 0 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`frequency_cuts`, 0 + 1)) + 1
        ) * 1e-12
      ) AS `frequency above cut 1`,
      ELEMENT_AT(`t5`.`frequency_cuts`, 1 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`frequency_cuts`, 1 + 1)) + 1
        ) * 1e-12
      ) AS `frequency above cut 2`,
      ELEMENT_AT(`t5`.`frequency_cuts`, 2 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`frequency_cuts`, 2 + 1)) + 1
        ) * 1e-12
      ) AS `frequency above cut 3`,
      ELEMENT_AT(`t5`.`frequency_cuts`, 3 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`frequency_cuts`, 3 + 1)) + 1
        ) * 1e-12
      ) AS `frequency above cut 4`,
      ELEMENT_AT(`t5`.`value_cny_cuts`, 0 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`value_cny_cuts`, 0 + 1)) + 1
        ) * 1e-12
      ) AS `value_cny above cut 1`,
      ELEMENT_AT(`t5`.`value_cny_cuts`, 1 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`value_cny_cuts`, 1 + 1)) + 1
        ) * 1e-12
      ) AS `value_cny above cut 2`,
      ELEMENT_AT(`t5`.`value_cny_cuts`, 2 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`value_cny_cuts`, 2 + 1)) + 1
        ) * 1e-12
      ) AS `value_cny above cut 3`,
      ELEMENT_AT(`t5`.`value_cny_cuts`, 3 + 1) + (
        (
          ABS(ELEMENT_AT(`t5`.`value_cny_cuts`, 3 + 1)) + 1
        ) * 1e-12
      ) AS `value_cny above cut 4`
    FROM (
      SELECT
        PERCENTILE(`t3`.`recency_days`, ARRAY(0.2, 0.4, 0.6, 0.8)) AS `recency_days_cuts`,
        PERCENTILE(`t3`.`frequency`, ARRAY(0.2, 0.4, 0.6, 0.8)) AS `frequency_cuts`,
        PERCENTILE(IF(ISNAN(`t3`.`value_cny`), NULL, `t3`.`value_cny`), ARRAY(0.2, 0.4, 0.6, 0.8)) AS `value_cny_cuts`
      FROM `t2` AS `t3`
    ) AS `t5`
  ) AS `t7`
) AS `t8`
