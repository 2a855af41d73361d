"""Do printed figures agree with themselves? Each check is a pure function with a named rule."""
