-- Whether a delivery that lost two leases in a row waits to be claimed alone.
SELECT EXISTS (
    SELECT FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS k (vendor, verified, decoder_version)
    JOIN idhooks_deliveries AS d ON d.state = 0 AND d.lost_leases >= 2 AND d.vendor = k.vendor
        AND d.verified = k.verified AND coalesce(d.decoder_version, 0) <= k.decoder_version
) AS waiting
