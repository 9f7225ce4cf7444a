"""How the shipped networks are made: data, noise, losses, training, export. Nothing else imports it."""
