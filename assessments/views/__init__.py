"""Pages of assessments: the assessment itself, the decisions on it, and its questionnaire."""
