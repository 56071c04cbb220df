-- Extends leases that still hold.
UPDATE idhooks_deliveries AS d SET leased_until = statement_timestamp() + $3 * interval '1 second'
FROM unnest($1::bigint[], $2::bigint[]) AS g (id, token)
WHERE d.id = g.id AND d.token = g.token AND d.leased_until IS NOT NULL
RETURNING d.id, d.token
