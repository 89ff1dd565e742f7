"""What panels are made of, by what they show; boards put them together."""
