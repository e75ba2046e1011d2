"""Which articles tell the same: `copies` recognises prints of one text, `placing` finds an article's story among those that
the store holds up for it."""
