"""Recordings of messages: MCAP files and bags of ROS 2, their topics, and the positions among them."""
