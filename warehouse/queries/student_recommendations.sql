-- What is worth a student's next minutes at an instant, the best first; reviews that are not due stay out.
select
    concept_id,
    kind,
    probability,
    lower,
    upper,
    evidence_count,
    enough_evidence,
    due_on,
    last_practised_on,
    prerequisite_count
from predictions.recommendations
where
    student_id = $student_id
    and (due_on is null or due_on <= cast(timezone('UTC', $as_of) as date))
order by rank
