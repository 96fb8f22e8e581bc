"""What the desk does with zones before they are compiled."""
