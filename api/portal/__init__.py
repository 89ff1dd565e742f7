"""The portal: pages on which customers and staff do their part. They work without JavaScript."""
