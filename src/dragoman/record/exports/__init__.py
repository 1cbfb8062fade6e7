"""What a record gives away: files in the formats of others, alone or as a bundle with all that explains them."""
