{{ staging('ec2_flow_logs') }}
