-- The events counted in progress are all the learning events, each once.
with counted as (
    select coalesce(sum(event_count), 0) as events
    from progress.concept_progress
),

seen as (
    select coalesce(sum(occurrences), 0) as events
    from staging.learning_events
)

select
    counted.events as counted_events,
    seen.events as seen_events
from counted
cross join seen
where counted.events != seen.events
