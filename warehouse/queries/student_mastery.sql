-- How likely a student's next try at each concept succeeds; the outlook of 14 days while they last.
select
    concept_id,
    probability,
    lower,
    upper,
    evidence_count,
    enough_evidence,
    case
        when cast(timezone('UTC', $as_of) as date) <= predicted_on + 14 then mastered_in_14_days
    end as mastered_in_14_days,
    predicted_on
from predictions.concept_mastery
where student_id = $student_id
order by concept_id
