"""What Ana and Ben wrote: two letters that were delivered in the past, two that wait, what Ana
keeps for herself, and what she asks of Noor.
"""

BEN_FIRST = """\
Ana,

you asked me to write down what I did, without reasons around it. So here it is. In the last year \
I shouted when I was afraid, I read your messages, and I made you explain where you had been. You \
told me that it frightened you, and I argued about that too.

I go to the group on Tuesdays. I do not write this so that you answer. I only wanted you to have \
it in my words and not to wait for it any longer.

Ben"""

ANA_SECOND = """\
Ben,

I have read your letter several times. It was good that it did not ask for anything.

I am not where you may hope that I am. I like it that there is one day in the month and quiet in \
between. I sleep again. If we go on writing like this, I would like to hear about the ordinary \
things: the garden, your sister, what you cook.

Ana"""

ANA_HELD = """\
Ben,

the box with the photographs is with my mother now. I looked at some of them and it was not only \
sad. I would like you to have the ones from the lake.

I still do not want to talk on the telephone. Writing is enough for me, and I notice that I look \
forward to it a little.

Ana"""

BEN_HELD = """\
Ana,

ordinary things, then. The tomatoes came late and all at once. I gave most of them to the \
neighbours. My sister moved to the coast, and I helped her to carry the piano, which I will not \
do again.

I have understood that quiet is something you gave yourself, and not something you took from me. \
That took me a while.

Ben"""

ANA_ASKS_NOOR = """\
Please do not tell me what to do about Ben. Ask me on the Sunday after whether I slept. If I call \
you and cannot speak, pause for me."""

ANA_AFTER_FIRST = """\
My neck was stiff all evening. I read it standing up. I am glad that it was one \
letter and not more."""

ANA_AFTER_SECOND = """\
Quieter than last time. I breathed all the way down once or twice, and slept."""

ANA_ON_SAFE_ENOUGH = """\
That I know when it is, and when it is over. That I do not have to answer. That Noor knows the \
date and I can call her afterwards."""
