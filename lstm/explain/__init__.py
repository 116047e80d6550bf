"""What a trace means: functions of a run and of facts about its input. Knows no training and no web."""
