"""What is said and answered: plain values, without any other package of geopolicy but errors."""
