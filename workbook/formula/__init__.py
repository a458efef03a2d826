"""Excel's formula language: tokens, grammar, trees, and what formulas depend on."""
