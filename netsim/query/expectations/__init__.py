"""What a team wrote down that must hold: read, checked, drafted."""
