"""What three or more corrections have in common. Pure: values in, values out."""
