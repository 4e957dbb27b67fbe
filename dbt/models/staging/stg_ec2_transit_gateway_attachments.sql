{{ staging('ec2_transit_gateway_attachments') }}
