SELECT
  `t3`.`least`,
  `t3`.`most`,
  `t3`.`rows`
FROM (
  SELECT
    `t2`.`part`,
    MIN(`t2`.`value`) AS `least`,
    MAX(`t2`.`value`) AS `most`,
    COUNT(*) AS `rows`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t0`.`spend_cny` AS `value`,
        CASE
          WHEN `t0`.`spend_cny` BETWEEN 0.0 AND 9.99
          THEN CAST(FLOOR((
            `t0`.`spend_cny` - 0.0
          ) * 102.45245245245245) AS BIGINT) + 0
          WHEN `t0`.`spend_cny` BETWEEN 10.0 AND 10000.0
          THEN CAST(FLOOR((
            `t0`.`spend_cny` - 10.0
          ) * 0.10245245245245245) AS BIGINT) + 1024
          ELSE NULL
        END AS `part`
      FROM `units` AS `t0`
    ) AS `t1`
    WHERE
      `t1`.`part` IS NOT NULL
  ) AS `t2`
  GROUP BY
    1
) AS `t3`
ORDER BY
  `t3`.`least` ASC NULLS LAST
