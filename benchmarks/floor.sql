-- The same questions as our API and pages answer, written by hand and served with nothing around them.
-- name: list
SELECT id, name, kind, status, city, owner_id, (SELECT u.name FROM identity_user u WHERE u.id = c.owner_id) AS owner
FROM customers_customer c WHERE deleted_at IS NULL ORDER BY sort_key, id LIMIT 51
-- name: filtered
SELECT id, name, kind, status, city, owner_id, (SELECT u.name FROM identity_user u WHERE u.id = c.owner_id) AS owner
FROM customers_customer c WHERE deleted_at IS NULL AND status = 'active' AND city = %(city)s AND kind = 'person'
ORDER BY sort_key, id LIMIT 51
-- name: search
SELECT id, name, kind, status, city, owner_id FROM customers_customer
WHERE deleted_at IS NULL AND (search_name LIKE %(start)s OR (bigrams @> ARRAY[%(text)s]::varchar[] AND search_name LIKE %(within)s))
ORDER BY sort_key, id LIMIT 51
-- name: record
SELECT c.*, u.name AS owner, t.name AS team, a.name AS territory,
       (SELECT value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.kind = 'email' AND p.deleted_at IS NULL
        ORDER BY is_primary DESC, id LIMIT 1) AS email,
       (SELECT value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.kind = 'phone' AND p.deleted_at IS NULL
        ORDER BY is_primary DESC, id LIMIT 1) AS phone, f.*
FROM customers_customer c LEFT JOIN identity_user u ON u.id = c.owner_id LEFT JOIN identity_team t ON t.id = c.team_id
LEFT JOIN identity_territory a ON a.id = c.territory_id LEFT JOIN customers_customerfigures f ON f.customer_id = c.id
WHERE c.id = %(id)s AND c.deleted_at IS NULL
-- name: save
UPDATE customers_customer SET occupation = %(value)s, version = version + 1, updated_at = now() WHERE id = %(id)s
RETURNING id, version
-- name: board
SELECT id, name, status, city, updated_at FROM (
  SELECT id, name, status, city, updated_at, sort_key, row_number() OVER (PARTITION BY status ORDER BY id DESC) AS n
  FROM customers_customer WHERE deleted_at IS NULL AND status IN ('prospect', 'inactive', 'lost', 'blocked')) x
WHERE n <= 50
-- name: report
SELECT status, count(*), sum(credit_limit) FROM customers_customer WHERE deleted_at IS NULL GROUP BY status ORDER BY 2 DESC
