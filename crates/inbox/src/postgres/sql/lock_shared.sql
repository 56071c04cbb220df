-- Lets nothing end the unfinished delivery of a subject until the transaction ends. The keys are in order.
SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1::bigint[]) AS key
