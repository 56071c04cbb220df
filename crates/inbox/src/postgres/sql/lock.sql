-- Lets nothing else change which delivery of a subject is unfinished. The keys are in order.
SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1::bigint[]) AS key
