-- The call-outs of one site, newest first, without reading every other.
CREATE INDEX aggregate_callout_site ON aggregate (state ->> '$.site', state ->> '$.created_at') WHERE kind = 'callout';
