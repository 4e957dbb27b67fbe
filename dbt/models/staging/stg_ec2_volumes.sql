{{ staging('ec2_volumes') }}
