-- One row per student and measure: since when the student's weeks are plainly others than before.
-- grain: student_id, measure
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   measure: mastered (concepts), minutes
--   week_start: Monday of the week from which on it is otherwise
--   weeks_before (weeks): how many weeks before it were looked at
--   weeks_after (weeks): how many weeks it is like this, the last complete one included
--   mean_before: of the measure in a week, before
--   mean_after: of the measure in a week, since then
--   ratio: mean_after for each mean_before
--   p_value: how often weeks without a change, in chance order, part as strongly
--   statement: the same in words
--   model_id: the model that measured how weeks of this school vary without a change
select
    c.student_id,
    c.measure,
    c.week_start,
    c.weeks_before,
    c.weeks_after,
    c.mean_before,
    c.mean_after,
    c.ratio,
    c.p_value,
    c.statement,
    m.model_id
from source.found_changes as c
inner join source.models as m on m.model = 'trend'
