"""The page for the phone: a third front, thin as the other two.

requests  what a browser sent, read within limits       gate    who may ask, and what
view      what the page shows, asked of the services    deeds   what its buttons do
page      all of it as HTML, without script             server  the loop that answers
"""
