"""What the document says of how the runs were made. Words only."""

from __future__ import annotations

from typing import Final

METHOD: Final = """## Method

**What is the paper's.** The sequences, the criteria and the tests; the tasks in [`lstm/tasks`](../lstm/tasks) quote the
definitions. A network never sees the same drawn sequence twice, except in experiments 1 and 2a, which consist of given
ones. The measure is the number of training sequences that a network has seen until it fulfils the criterion, counted up
to the end of the batch in which it does; a run stops there, or fails at twice the paper's count.

| experiment | solved when | test |
|---|---|---|
| 1 | all strings of the training set (256) and of the test set (256, none of them in the training set) are predicted \
right: at each step the possible next symbols are the most active outputs | 2,560 fresh strings of the grammar |
| 2a | the largest error of all outputs at all steps is below 0.25 over 10,000 sequences: as there are only two, in \
both of them | 2,560 drawn sequences |
| 4 | the 2,000 most recent training sequences all have an error below 0.04, and their mean error is below 0.01 | \
2,560 fresh sequences, wrong where the error is 0.04 or more |
| 5 | fewer than 140, or 13, of the 2,000 most recent training sequences have an error of 0.04 or more | as in 4 |
| 6a, 6b | all outputs have errors below 0.3 in all of the 2,000 most recent training sequences, and the mean of the \
largest output's error is below 0.1 | 2,560 fresh sequences, wrong where an output's error is 0.3 or more |

An error is an absolute one, measured before the step that learns from the sequence. The paper says "average training
error" and not over what: here it is the mean over the same 2,000 sequences, of the largest output's error, which is the
strictest reading. In experiments 1 and 2a the sets are looked at only after 64, or 8, sequences in a row were right in
training, which can only delay success. Experiment 1 learns from the symbol that came next in a string, as the paper's
networks did, and not from the set of those that may come. Each seed has its own two sets; the paper had three pairs.

**What is ours.** Networks of one layer of fully connected cells with 4 % fewer weights than the paper's to 26 % more
(the sum of a gate's two biases counts as one), or its number of memory cells in experiment 1. In experiment 2a the
input is connected to the outputs directly too, as in the paper's network; for the first 100 sequences these connections
learn alone, at a rate of 0.5, and the cells after them (the paper's "sequential network construction", its section 4).
These sequences count like all others. Outputs are a softmax trained by cross-entropy, or one linear number by its
squared error, where the paper has sigmoids and the squared error. Training is by full back-propagation through time and
Adam, in small batches; the gradient is clipped at the norm 1. The learning rate falls in proportion to the mean error
of about the last 200 sequences once that is below the level given in the settings, down to a hundredth; in experiment 1
it never falls. The 1997 cell has no forget gate; its gradient is the full one, which the paper cut off at the gates.
Input gates begin nearly closed and forget gates open, by the biases listed or by an initialisation that
`lstm/training/initialise.py` describes.

Settings were found by hand in a small search on seeds from 100 on: learning rates of 0.01 to 0.1, the RNN's from 0.001
on, batches of 1 to 16, biases and a few initialisations. The plain RNN had less of it: a few rates and two
initialisations on experiment 6a, of which none solved it, and a few settings on 1. The seeds of the table, 0 to 9 (0 to
2 where T is above 100), were never searched on, but some rows were searched for again after they had been seen, and
what the earlier setting reached does not count. In experiments 6a (1997 LSTM) and 4 (LSTM with forget gate, T = 100)
one seed in ten got stuck, and the run was broken off. The latter, begun by chrono initialisation at the rate 0.02, then
solved experiment 4 in 7 seeds of 10, 5 (n_seq = 140) in 4 of 10, 5 (n_seq = 13) in 4 of 4, and 2a in none of 10. The
search then found that forget gates all but open (bias +7) and input gates all but closed (−4) solve experiment 4 in all
30 of the seeds 100 to 129, and 5 in all 10 of 100 to 109; the 1997 LSTM was first searched for and then run. At T = 500
the biases for T = 100 failed in 2 of 3 searched seeds; what is added over a sequence grows with its length, so
ln(T/100) is taken from the input gates' bias and added to the forget gates', which solved it in 3 of 3 with either cell
and stands for T = 1000 without a search. In 2a no setting of biases and rates that was tried was enough while all
weights learned from the start: the memories filled up with the 99 symbols in between. With the direct connections alone
first, both cells solve it in all 10 of the seeds 100 to 109. In experiment 1 ten searched seeds had said too little:
settings of either LSTM that solved all of 100 to 109 then solved 9 (1997 LSTM) and 7 (forget gate) of the table's ten,
and 38 and 41 of the seeds 100 to 149. The search was made again on 50 and then 100 seeds a setting. Three things
helped: one sequence a batch; a rate that stays, as one that falls stops at a network that is right about its training
set and not about all of the test set; and a mean square of Adam's that looks back over 100 steps, not 1,000. What the
table has then solved 99, 96 and 64 of the seeds 200 to 299, by which it was chosen, and 99, 88 and 64 of the seeds 300
to 399, which decided nothing: one seed in 100, in 8 and in 3 should be expected to fail. The paper's trials of this row
took 3,800 to 24,100 sequences, so a cap of twice their mean would have failed some of them too; without one, the two
LSTMs that failed here solved it after 29,997 (1997) and 13,576 sequences, each trained alone, which rounds otherwise
than a stack. The seeds of a network train side by side, each with its own sequences and its own steps. The paper's
means are over 10 trials, 30 in experiment 1, 18 in 2a, 20 in 6a. Our means are over the seeds that solved the
experiment; a test is made of every seed, of a failed one too."""
