SELECT
  `t4`.`least`,
  `t4`.`most`,
  `t4`.`rows`
FROM (
  SELECT
    `t3`.`part`,
    MIN(`t3`.`value`) AS `least`,
    MAX(`t3`.`value`) AS `most`,
    COUNT(*) AS `rows`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t1`.`value`,
        CASE
          WHEN `t1`.`value` BETWEEN 0.0 AND 9.99
          THEN CAST(FLOOR((
            `t1`.`value` - 0.0
          ) * 102.45245245245245) AS BIGINT) + 0
          WHEN `t1`.`value` BETWEEN 10.0 AND 10000.0
          THEN CAST(FLOOR((
            `t1`.`value` - 10.0
          ) * 0.10245245245245245) AS BIGINT) + 1024
          ELSE NULL
        END AS `part`
      FROM (
        SELECT
          IF(ISNAN(`t0`.`spend_cny`), NULL, `t0`.`spend_cny`) AS `value`
        FROM `units` AS `t0`
      ) AS `t1`
      WHERE
        `t1`.`value` IS NOT NULL AND NOT ISNAN(`t1`.`value`)
    ) AS `t2`
    WHERE
      `t2`.`part` IS NOT NULL
  ) AS `t3`
  GROUP BY
    1
) AS `t4`
ORDER BY
  `t4`.`least` ASC NULLS LAST
