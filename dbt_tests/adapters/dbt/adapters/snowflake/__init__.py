from dialects import plugin

Plugin = plugin("snowflake")
