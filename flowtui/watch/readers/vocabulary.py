"""The words by which logs of trainings say where they stand and which data they measured.

Lists of words, and the patterns made of them; what is done with them is in `positions`, `sets` and
`fields`.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EPOCH_WORD = (
    r"epochs?|epo|ep|epochen?|epoche|[ée]poques?|[ée]pocas?|epok[aię]?|эпох[аи]|轮次?|轮数|エポック"
    r"|에포크|에폭"
)
STEP_WORD = (
    r"schritte?|iterationen|[ée]tapes?|pasos?|passos?|шаг|итерация|步数?|迭代(?:次数)?|ステップ|스텝|"
    r"global[ _-]?step|train(?:ing)?[ _/-]?(?:global_)?step|current[ _-]?steps?"
    r"|n(?:um)?[ _]?updates"
    r"|opt(?:im(?:izer|ization)?)?[ _-]steps?|(?:total[ _-]|num[ _-])?timesteps?|total[ _-]steps?"
    r"|(?:gradient[ _-])?steps?"
    r"|(?:global_?|train[ _-]?|learning )?iter(?:ation)?s?|n_?iter|it[re]?|updates?|up|mini-?batch"
    r"|batch(?:es)?|round|tick|episodes?|trial|generation|gen|step_i(?:dx)?"
)
POSITION = re.compile(rf"(?i)(?<![\w./-])(?:{EPOCH_WORD}|{STEP_WORD})(?![\w-])")
"""A word that says where a training stands."""

HEAD = re.compile(
    rf"(?i)(?<![\w./])(?<!\w-)(?:(?P<epoch>{EPOCH_WORD})|(?P<step>{STEP_WORD}))"
    r"(?:[ _]?(?:number|num|no|idx"
    rf"|index|id)\b)?(?:\((?P<inset>[a-z]+)\))?(?![\w/(-])\.?"
    r"[\"']?\s*+[:=#]*+\s*+[\"']?\s*+[\[(]*+\s*+(?P<n>\d[\d,_]*\d|\d)"
    r"(?P<range>-\s*\d+)?(?![\d_])(?!\w*\.\d|[\d.]*[a-zA-Z%]|:\d|,\d)"
    r"(?:\s*(?:/|of|out of|-of-|von|sur|de|di|из|共)\s*(?P<total>\d[\d,_]*\d|\d|\?)"
    r"(?![\d.]*[a-zA-Z%]|/\d))?"
    r"(?:\s*\(\s*[\d.]+\s*%(?: complete)?\s*\))?\s*[\"'\])]*"
)
"""`step: 10`, `Epoch [3/10]`, `iter 5 of 9`, `Batch [0-50]`, `global_step=1,200`."""
EPOCH_FLOAT = re.compile(
    r"(?i)(?<![\w./-])ep(?:och)?s?[\s:=]+(\d+\.\d+)(?:\s*/\s*(\d+(?:\.\d+)?))?(?!\w)"
    r"(?:\s*\(\s*[\d.]+\s*%(?: complete)?\s*\))?"
)
IN_EPOCH = re.compile(
    r"(?i)(?<![\w./-])(?P<word>(?:(?P<set>[a-z]+) )?ep(?:och)?)s?(?:\((?P<inset>\w+)\))?\W{0,4}?\s*"
    r"(?P<epoch>\d+)(?!\d)(?:\s*(?:/|of)\s*(?P<epochs>\d+)(?!\d))?[\])]?\s*[:;,|>-]*\s*"
    r"(?:\W{0,2}(?P<unit>batch|iter(?:ation)?|step|it|mini-?batch|update)\w?\W{0,4})?\s*[\[(|]?\s*"
    r"(?P<n>\d+)\s*(?:/|of)\s*(?P<total>\d+)(?!\d)(?P<percent>\s*\(\s*[\d.]+\s*%\s*\))?(?!\s*[\d./%])"
    r"\s*(?P<tail>batches|iters?|iterations|steps|samples|examples|images)?\s*[\])]?"
)
"""`Epoch: [0][ 10/5005]`, `Train Epoch: 1 [640/60000 (1%)]`, `Epoch(train) [1][100/312]`,
`epoch 001: 100 / 1000`, `epoch 1 - iter 10/100`, `| epoch 1 | 200/ 2983 batches`."""
SET_EPOCH = re.compile(
    r"(?i)\W*(?P<set>[a-z]+):?\s*(?P<epoch>\d+)\s*\[\s*(?P<n>\d+)/(?P<total>\d+)"
)
"""timm: `Train: 0 [  50/98 ( 51%)]`."""
COUNTED = re.compile(
    r"(?i)(?<![\w./])(\d[\d,]*)(?:\s*/\s*(\d[\d,]*))?\s*"
    r"(batches|iters?|iterations|steps|updates|epochs?|轮次?(?!\d)|步|에포크|エポック)(?![a-z/])"
)
"""`200/2983 batches`, `100 iter`."""
CHAINER = re.compile(r"(\d+) iter, (\d+) epoch / (\d+) epochs$")
BARE = re.compile(
    r"\W{0,3}?[\[(]?\s*(\d+)\s*/\s*(\d+)(?:\s*\(\s*[\d.]+\s*%\))?\s*(?:[\])]|[,:|]|\s-|(?=\s))"
)
"""A pair in front without a word: `[0/5][10/1583]`, `(3/10) loss`, `0/10, ...`."""
ESPNET = re.compile(r"(?i)(?<!\w)(\d+)(?:/(\d+))?epoch(?!\w)(?::(\w+):(\d+)-(\d+)batch:?)?")
NOT_OURS = re.compile(
    r"(?i)(?:best|from|since|every|until|till|patience|last|next|after|for|final|warm-?up|max|total"
    r"|num(?:ber)?(?: of)?|saved?|stalled|over|per)[\w .:(=@-]{0,12}$"
)
"""Before a position: it is another's (`best 0.5 at epoch 3`, `from step 100`)."""

_VALIDATION = (
    r"val(?:id(?:ation|ating|ate)?)?|eval(?:uation|uating|uate)?|dev(?:elopment)?|test(?:ing)?"
    r"|holdout|held-?out|cross[- ]?val(?:idation)?|cv"
)
_TRAIN = r"train(?:ing|_inner)?|trn|learn"
SET = re.compile(rf"(?i)(?:(?P<val>{_VALIDATION})|(?P<train>{_TRAIN}))(?![\w/])")
_NOUN = (
    r"(?:[ _-](?:set|results?|summary|metrics?|stats?|statistics|performance|phase|data(?:set)?"
    r"|scores?|errors?|report|loop|net output #\d+|\(avg\)))*"
)
SET_MARK = re.compile(
    rf"(?i)(?<![\w/'\"=.@-])(?:evaluat\w+ (?:on )?(?:the )?)?(?:"
    rf"\[\s*(?P<a>{_VALIDATION}|{_TRAIN})\s*\](?!\s*[\d.=-])"
    rf"|\(\s*(?P<e>{_VALIDATION}|{_TRAIN})\s*\)(?=\s*[A-Za-z])"
    rf"|\|\s+(?P<f>{_VALIDATION}|{_TRAIN})\s*,(?=\s*[A-Za-z])"
    rf"|(?P<h>{_VALIDATION}|{_TRAIN})\s+(?:(?:of|at|for|in|after)\s+\||\(\s*\|\s*\)\s*:)"
    rf"|(?P<g>{_VALIDATION}|{_TRAIN})\s?=\s?\((?=[A-Za-z])"
    rf"|(?P<b>{_VALIDATION}|{_TRAIN}){_NOUN}(?: ?\(on [\w ]+\))?"
    rf"\s*(?::(?=\s*[a-zA-Z\[({{|*>@]|\s*$)|(?:->|=>|\||>)(?=\s)|\s-{{1,2}}\s)"
    rf"|(?P<c>{_VALIDATION}|{_TRAIN}) on '\w+' subset"
    r"|saving (?:dict for|evaluation summary for)(?: global)?(?= step)(?P<d>))"
)
"""A set before what was measured on it: `Test: ...`, `[valid] ...`, `DEV : ...`, `eval - ...`."""
SET_HEADING = re.compile(
    rf"(?i)\W*(?:(?:running|starting|start(?: of| to)?|begin(?:ning)?|performing|doing|overall"
    rf"|final|end of"
    rf"|finished) )?(?P<set>{_VALIDATION}|{_TRAIN}){_NOUN}(?: (?:at|after|for|of) \w+ \d+)?"
    r"(?: performance| started| results| begins?)?(?: ?\((?:\w+[:=] ?\d+(?:, )?)+\))?\W*$"
)
"""A line that says no more than which set comes now."""

UNITS = _words(
    "ms s sec secs second seconds us µs ns min mins minutes h hr hrs hours % it/s its/s s/it tok/s"
    " tokens/s samples/s sample/s samples/sec steps/s step/s images/s img/s imgs/s examples/s"
    " tokens/sec words/s words/sec iter/s iters/s it/sec frames/s fps mb gb mib gib kb kib b x k"
    " m g"
    " tokens tok bpc bpb bits nats db deg px points samples images examples words/sec. wps ex/s"
    " items/s batch/s batches/s ms/step s/step ms/batch s/iter ms/iter s/batch tflops gflops"
    " tflop/s flops steps/sec step/sec sents/s seq/s sec/batch sec/iter sec/step sec/epoch s/epoch"
    " examples/sec sec. secs. mse it step/sec hours. frames gbps mbps w kimg imgs nodes"
)
"""What stands after a value and is no name."""
BLANK_WORDS = _words(
    "loss losses acc accuracy avg average mean lr learning rate norm grad gradient time data memory"
    " ppl perplexity train training val valid validation eval test dev total cls box obj reg mask"
    " error err wer cer per bleu rouge f1 precision recall map iou miou dice auc psnr ssim fid l1"
    " l2"
    " mse rmse mae reward return score entropy kl value policy actor critic critic's elbo nll ce"
    " bce"
    " g d gen disc adv rec recon reconstruction generator discriminator lm mlm nsp ctc att aux"
    " current running epoch batch step iter top1 top5 prec correct objective function median max"
    " min"
    " speed throughput elapsed eta tokens cost ips overall final per final micro macro weighted std"
    " episode length balanced inertia duration regression classification rpn roi dfl moving"
    " smoothed"
    " smooth global local token word char character pixel frame mfu logits class instance surrogate"
    " action noise success test-error train-error mean_reward wps gnorm mem gpu cpu alpha beta temp"
    " top inception crossval kimg augment raw ema dual gap relative absolute pearson spearman chrf"
    " ter sec"
)
"""Words that name a figure even where nothing but a blank joins them."""
NO_NAMES = _words(
    "epoch epochs step steps iter iters iteration iterations eta ep seed pid port rank world_size"
    " world size device devices gpu gpus node nodes version v_num worker workers fold threads cuda"
    " python torch pytorch tensorflow driver line row column port lr_scheduler batch_size batch"
    " size"
    " bs batchsize layer layers classes params parameters parameter trainable non-trainable"
    " max_steps"
    " max_iter"
    " max_iters max_epochs max_epoch num_epochs total_steps total_epochs total_iters id jobid uid"
    " warmup warm-up warmup_steps"
    " job_id jobs progress run chain model best_epoch best_batch_id best_step best_iter"
    " took in at after for with of to by from is was are has and or using use loaded found"
    " got"
    " than over every on about around only first next each all reached improved did not until"
    " since stalled sen sen. required checkpoint"
    " patience counter embed head heads hidden units channels images patches examples up"
)
"""Never a metric's name by itself."""
NO_WORDS = _words(
    "version seed pid port device devices params parameters gpus classes workers threads copyright"
    " nodes ranks bytes rows columns files shards steps epochs patience layers vocab vocabulary"
    " dimension dim dims python cuda cudnn driver nvidia torch numpy shape size samples examples"
    " images batches url http https loaded executed"
)
"""A name that ends in one of these counts or names something, and measures nothing."""
SETTING_WORDS = _words(
    "weight weights gamma beta alpha lambda threshold thresh coef coeff coefficient smoothing"
    " margin"
    " factor eps epsilon decay momentum interval frequency freq patience type fn func function"
    " delta scale temperature every warmup dropout seed mode name path dir reduction normalizer"
    " clip delta power target min max limit tolerance tol num init start end ignore per version"
)
"""A name with one of these is a setting, if it comes without a position."""
