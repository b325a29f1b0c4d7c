-- The events counted in progress are all the learning events, each once.
select counted.events as counted_events, seen.events as seen_events
from (select coalesce(sum(event_count), 0) as events from progress.concept_progress) as counted
cross join (
    select coalesce(sum(occurrences), 0) as events from staging.learning_events
) as seen
where counted.events != seen.events
