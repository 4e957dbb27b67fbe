from dialects import plugin

Plugin = plugin("redshift")
