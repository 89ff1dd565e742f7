"""From a finding's transition to a message: detection stores it and is done, what is here tells it.

A transition is planned first: told, held back for a while, or settled without a word. Telling it makes deliveries, one
to each channel that wants to know. A delivery is claimed, made into a message in the customer's language and sent, and
its outcome stored. Killed at any point, the work goes on from what is stored: a message may come twice, but none is
missed.
"""
