"""One module a step, named rNNNN_what; a step that is released is never changed."""
