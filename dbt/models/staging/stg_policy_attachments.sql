{{ staging('policy_attachments') }}
