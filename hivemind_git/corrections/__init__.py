"""Who wrote each line, and what people changed of it. Pure: values in, values out."""
