-- A picture that comes after its call-out is over still finds it. Few call-outs end without all their pictures, so this
-- stays small. An index over the states themselves: nothing to rebuild, nothing to keep in step.
CREATE INDEX aggregate_awaiting ON aggregate (stream)
    WHERE kind = 'callout' AND open = 0 AND instr(state, '"received_at":null') > 0;
