{{ staging('access_analyzer_findings') }}
