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
        `t0`.`orders` AS `value`,
        CASE
          WHEN `t0`.`orders` BETWEEN 0 AND 2
          THEN CAST(FLOOR((
            `t0`.`orders` - 0
          ) / (
            1
          )) AS BIGINT) + 0
          WHEN `t0`.`orders` BETWEEN 3 AND 30000
          THEN CAST(FLOOR((
            `t0`.`orders` - 3
          ) / (
            30
          )) AS BIGINT) + 1024
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
