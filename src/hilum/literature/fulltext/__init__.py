"""Full texts: figures proposed with page and sentence, never accepted; arithmetic checked."""
